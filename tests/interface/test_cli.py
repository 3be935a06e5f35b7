"""The command line: exit codes, what stands on standard output and what on the other, sentences for errors."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer import analyze
from analyzer.interface import cli
from analyzer.knowledge import load, messages
from analyzer.reporting.letter import suggested, write
from analyzer.schema import Context
from analyzer.version import __version__
from tests.hostile import FILES
from tests.reporting.build import form
from tests.samples import FOLDER

CLEAN, WARNED = FOLDER / "habitation_conditions.pdf", FOLDER / "habitation_vie_reelle.pdf"
FR = messages("fr")
#: The questions of the hand-made form, with their verdicts.
QUESTIONS = (("1", "✓ Précise"), ("2a", "◆ Trop large"), ("2b", "✕ Non autorisée"), ("3", "? À vérifier"))
SLOW_TO_MAKE = {"zip_bomb", "zip_bomb_in_a_zip_bomb", "drawing_bomb", "hostile_page_among_others"}


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "cassé [bold] \x1b[31m.pdf"
    path.write_bytes(FILES["truncated"]())
    return path


# ---- check ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "options", "code"),
    [
        ([CLEAN], [], 0),
        ([WARNED], [], 0),
        ([WARNED], ["--fail-on", "high"], 1),
        ([CLEAN, WARNED], ["--fail-on", "low"], 1),
        ([CLEAN], ["--fail-on", "low"], 0),
        ([WARNED, "missing.pdf"], ["--fail-on", "low"], 3),
        (["missing.pdf"], [], 3),
        ([FOLDER], [], 3),
        ([], [], 2),
        ([CLEAN], ["--format", "odt"], 2),
        ([CLEAN], ["--jurisdiction", "XX"], 2),
        ([CLEAN, WARNED], ["--format", "html"], 2),
        ([CLEAN, WARNED], ["--format", "docx"], 2),
    ],
)
def test_exit_codes(sceau, files, options, code):
    assert sceau("check", *files, *options)[0] == code


def test_a_warning_below_the_level_does_not_fail(sceau, monkeypatch):
    """Outside France nothing of this sample is said to be high."""
    assert sceau("check", WARNED, "--jurisdiction", "BE", "--fail-on", "high")[0] == 0
    assert sceau("check", WARNED, "--jurisdiction", "BE", "--fail-on", "medium")[0] == 1


def test_one_bad_file_does_not_lose_the_others(sceau, broken):
    code, out, err = sceau("check", CLEAN, broken, WARNED, "--format", "json")
    assert code == 3
    assert [report["document"]["name"] for report in json.loads(out)] == [CLEAN.name, WARNED.name]
    assert "[file_damaged]" in err


def test_an_error_is_one_line_that_cannot_steer_the_terminal(sceau, broken):
    _, out, err = sceau("check", broken)
    assert out == ""
    assert err.strip().count("\n") == 0
    assert "\x1b" not in err
    assert "cassé [bold]" in err
    assert err.strip().endswith("[file_damaged]")


def test_json_of_one_file_is_an_object_and_alone_on_the_output(sceau):
    _, out, _ = sceau("check", WARNED, "--format", "json", "--stage", "claim", "--contract", "other", "--lang", "en")
    content = json.loads(out)
    assert content["context"]["stage"] == "claim"
    assert content["lang"] == "en"
    assert {finding["label"] for finding in content["findings"]} >= {"data_sharing", "nullity_unqualified"}


@pytest.mark.parametrize(("form", "suffix"), [("text", "txt"), ("json", "json"), ("html", "html")])
def test_reports_are_written(sceau, tmp_path, form, suffix):
    one, many = tmp_path / "one", tmp_path / "new" / "many"
    assert sceau("check", CLEAN, "--format", form, "--output", one) == (0, "", "")
    assert sceau("check", CLEAN, WARNED, WARNED, "--format", form, "--output", many) == (0, "", "")
    names = {f"{CLEAN.stem}.sceau.{suffix}", f"{WARNED.stem}.sceau.{suffix}", f"{WARNED.stem}_.sceau.{suffix}"}
    assert {path.name for path in many.iterdir()} == names
    assert one.read_text("utf-8") == (many / f"{CLEAN.stem}.sceau.{suffix}").read_text("utf-8")
    sceau("check", WARNED, "--format", form, "--output", many)
    assert {path.name for path in many.iterdir()} == names, "one report into a folder that is there"


@pytest.mark.parametrize(
    ("form", "ending", "magic"),
    [
        ("pdf", "pdf", b"%PDF-"),
        ("annotated-pdf", "annotated.pdf", b"%PDF-"),
        ("docx", "docx", b"PK"),
        ("xlsx", "xlsx", b"PK"),
        ("sarif", "sarif", b"{"),
    ],
)
def test_reports_are_taken_away(sceau, tmp_path, form, ending, magic):
    one, many = tmp_path / "one", tmp_path / "many"
    assert sceau("check", WARNED, "--format", form, "--output", one) == (0, "", "")
    assert one.read_bytes().startswith(magic)
    assert sceau("check", CLEAN, WARNED, "--format", form, "--output", many) == (0, "", "")
    assert {path.name for path in many.iterdir()} == {f"{path.stem}.sceau.{ending}" for path in (CLEAN, WARNED)}
    assert sceau("questionnaire", WARNED, "--format", form, "--output", one) == (0, "", "")


def test_a_file_is_not_poured_into_a_terminal_but_into_a_pipe(sceau, monkeypatch, capsysbinary):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    code, out, err = sceau("check", CLEAN, "--format", "pdf")
    assert (code, out) == (2, "")
    assert "--output" in err
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    monkeypatch.setattr(sys, "argv", ["sceau", "check", str(CLEAN), "--format", "pdf"])
    with pytest.raises(SystemExit):
        cli.main()
    assert capsysbinary.readouterr().out.startswith(b"%PDF-")


def test_no_document_is_written_over(sceau, tmp_path):
    mine = tmp_path / "mine.pdf"
    mine.write_bytes(CLEAN.read_bytes())
    for output in (mine, tmp_path / "x" / ".." / "mine.pdf"):
        assert sceau("check", mine, "--format", "annotated-pdf", "--output", output)[0] == 2
        assert sceau("questionnaire", mine, "--output", output)[0] == 2
    assert sceau("check", mine, "--format", "annotated-pdf", "--output", tmp_path)[0] == 0
    assert mine.read_bytes() == CLEAN.read_bytes()
    assert sceau("check", CLEAN, WARNED, "--format", "docx", "--output", mine)[0] == 2


def test_several_reports_in_one_sarif_log(sceau):
    code, out, _ = sceau("check", CLEAN, WARNED, "--format", "sarif")
    assert code == 0
    assert [len(run["results"]) > 0 for run in json.loads(out)["runs"]] == [False, True]


def test_a_file_without_notes_costs_only_its_own(sceau, tmp_path, monkeypatch):
    from analyzer.errors import NotAnnotatable
    from analyzer.reporting import annotated_pdf

    write = annotated_pdf.to_annotated_pdf

    def refuse_one(report, data):
        if report.document.name == CLEAN.name:
            raise NotAnnotatable(report.document.name)
        return write(report, data)

    monkeypatch.setattr(annotated_pdf, "to_annotated_pdf", refuse_one)
    code, _, err = sceau("check", CLEAN, WARNED, "--format", "annotated-pdf", "--output", tmp_path / "many")
    assert code == 3
    assert "[not_annotatable]" in err
    assert [path.name for path in (tmp_path / "many").iterdir()] == [f"{WARNED.stem}.sceau.annotated.pdf"]


def test_a_report_that_cannot_be_written_is_a_sentence(sceau, tmp_path):
    code, _, err = sceau("check", CLEAN, "--format", "json", "--output", tmp_path / "no" / "such" / "folder")
    assert code == 3
    assert "[disk_full]" in err


def test_what_nobody_foresaw_costs_one_file_and_shows_nothing_of_it(sceau, monkeypatch):
    from analyzer import pipeline

    whole = pipeline.analyze

    def faulty(source, **more):
        if source == WARNED:
            raise RuntimeError("L'assuré délie ses médecins")
        return whole(source, **more)

    monkeypatch.setattr(pipeline, "analyze", faulty)
    code, out, err = sceau("check", WARNED, CLEAN)
    assert code == 3
    assert CLEAN.name in out
    assert "[internal]" in err
    assert "délie" not in out + err


def test_a_file_that_takes_all_memory_is_a_sentence(sceau, monkeypatch):
    def greedy(*args, **more):
        raise MemoryError

    monkeypatch.setattr("analyzer.pipeline.analyze", greedy)
    assert "[limit_reached]" in sceau("check", CLEAN)[2]


@pytest.mark.parametrize(
    "names",
    [sorted(set(FILES) - SLOW_TO_MAKE), pytest.param(sorted(SLOW_TO_MAKE), marks=pytest.mark.long)],
    ids=["quick", "slow"],
)
def test_hostile_files_are_read_or_refused_with_a_sentence(sceau, tmp_path, names):
    paths = [tmp_path / f"{name}.pdf" for name in names]
    for path in paths:
        path.write_bytes(FILES[path.stem]())
    code, out, err = sceau("check", *paths, "--format", "json")
    assert code == 3
    read = [report["document"]["name"] for report in json.loads(out)]
    lines = err.strip().splitlines()
    assert sorted([*read, *(line.split(" »")[0].removeprefix("« ") for line in lines)]) == sorted(
        path.name for path in paths
    )
    known = {key.removeprefix("error.") for key in FR if key.startswith("error.")} - {"internal"}
    assert {line.rpartition("[")[2].removesuffix("]") for line in lines} <= known


# ---- questionnaire -------------------------------------------------------------------------------------


@pytest.fixture
def asking(monkeypatch):
    """Every document asks four questions, one of each verdict."""

    def analyze(source, *, context, lang, **more):
        return form(context=context, lang=lang)

    monkeypatch.setattr("analyzer.pipeline.analyze", analyze)


def test_a_questionnaire_is_judged_question_by_question(sceau, asking):
    code, out, err = sceau("questionnaire", CLEAN)
    assert (code, err) == (0, "")
    places = [out.index(f"{number} · page 1  {verdict}") for number, verdict in QUESTIONS]
    assert places == sorted(places)
    for words in ("Au cours des 10 dernières années :", "Code imaginaire, art. 1 (loi ou règlement", "25 %", "10 ans"):
        assert words in out


def test_a_workbook_is_written_beside_what_is_printed(sceau, asking, tmp_path):
    from openpyxl import load_workbook

    path = tmp_path / "table.xlsx"
    code, out, _ = sceau("questionnaire", CLEAN, "--xlsx", path)
    assert code == 0
    assert "Non autorisée" in out
    assert load_workbook(path).worksheets[0].max_row == 1 + len(QUESTIONS)
    code, _, err = sceau("questionnaire", CLEAN, "--xlsx", tmp_path / "no" / "folder.xlsx")
    assert code == 3
    assert "[disk_full]" in err


@pytest.mark.parametrize(
    ("form_of", "words"), [("json", '"questionnaire": {'), ("html", 'class="bar"'), ("text", "✕ Non")]
)
def test_a_questionnaire_in_every_form(sceau, asking, tmp_path, form_of, words):
    path = tmp_path / "out"
    assert sceau("questionnaire", CLEAN, "--format", form_of, "--output", path) == (0, "", "")
    assert words in path.read_text("utf-8")


def test_the_situation_is_the_same_for_both_commands(sceau, asking):
    told = ["--contract", "home-loan", "--loan-share", "150000", "--loan-end-age", "59", "--insurer", "mutual"]
    told += ["--jurisdiction", "BE", "--stage", "signed", "--lang", "en", "--format", "json", "--show-personal-data"]
    reports = [json.loads(sceau(command, CLEAN, *told)[1]) for command in ("check", "questionnaire")]
    assert reports[0] == reports[1]
    assert reports[0]["context"] == {
        "contract": "home-loan",
        "insurer": "mutual",
        "jurisdiction": "BE",
        "loan_share": 150000.0,
        "loan_end_age": 59,
        "stage": "signed",
    }
    assert reports[0]["lang"] == "en"


def test_a_document_without_questions_is_told_in_a_sentence(sceau, tmp_path):
    path = tmp_path / "none.xlsx"
    code, out, err = sceau("questionnaire", CLEAN, "--xlsx", path)
    assert code == 0
    assert " ".join(out.split()) == FR["form.no_questions"].format(name=CLEAN.name)
    assert err.strip() == FR["form.no_workbook"]
    assert not path.exists()


def test_a_questionnaire_that_cannot_be_read_is_a_sentence(sceau, broken):
    code, out, err = sceau("questionnaire", broken)
    assert (code, out) == (3, "")
    assert err.strip().endswith("[file_damaged]")


def test_check_tells_questions_in_short(sceau, asking):
    _, out, _ = sceau("check", CLEAN)
    for number, verdict in QUESTIONS:
        assert any(number in line and verdict in line for line in out.splitlines())
    assert FR["form.more"] in out


@pytest.mark.parametrize("command", ["check", "questionnaire"])
@pytest.mark.parametrize("options", [[], ["--show-personal-data"]])
def test_personal_data_are_shown_on_demand_only(sceau, monkeypatch, command, options):
    asked = []

    def analyze(source, *, context, lang, show_personal_data, **more):
        asked.append(show_personal_data)
        return form(context=context, lang=lang)

    monkeypatch.setattr("analyzer.pipeline.analyze", analyze)
    assert sceau(command, CLEAN, *options)[0] == 0
    assert asked == [bool(options)]


# ---- classify ------------------------------------------------------------------------------------------

WAIVER = "L'assuré délie ses médecins du secret médical."


def lines(*items) -> bytes:
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items).encode()


def test_classify_keeps_keys_and_order_and_replaces_labels(sceau):
    first = {"z": [1, None], "text": WAIVER, "labels": ["old"], "a": {"é": "\u2028"}}
    second = {"text": "Le ciel est bleu.", "context": "", "id": 7}
    code, out, err = sceau("classify", "--kind", "clause", stdin=lines(first, second))
    assert (code, err) == (0, "")
    one, two = map(json.loads, out.removesuffix("\n").split("\n"))
    assert [*one] == [*first]
    assert {key: value for key, value in one.items() if key != "labels"} == {
        key: value for key, value in first.items() if key != "labels"
    }
    assert [label["label"] for label in one["labels"]] == ["secrecy_waiver"]
    assert two == {**second, "labels": []}


def test_classify_gives_scores_best_first_and_spans_of_the_text(sceau):
    text = f"\u00a0 {WAIVER} Ils communiquent son dossier médical à l'assureur.  "
    _, out, _ = sceau("classify", stdin=lines({"text": text}))
    labels = json.loads(out)["labels"]
    assert [label["score"] for label in labels] == sorted((label["score"] for label in labels), reverse=True)
    for label in labels:
        assert set(label) == {"label", "score", "evidence"}
        assert all(0 <= start < end <= len(text) and text[start:end].strip() for start, end in label["evidence"])
    waiver = next(label for label in labels if label["label"] == "secrecy_waiver")
    assert "délie" in "".join(text[start:end] for start, end in waiver["evidence"])


def test_classify_judges_questions_on_demand(sceau):
    item = lines({"text": "Avez-vous déjà été hospitalisé ?"})
    assert json.loads(sceau("classify", stdin=item)[1])["labels"] == []
    labels = json.loads(sceau("classify", "--kind", "question", stdin=item)[1])["labels"]
    assert "no_time_limit" in {label["label"] for label in labels}


def test_classify_reads_files_and_odd_encodings(sceau, tmp_path):
    path = tmp_path / "in.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + lines({"text": WAIVER}).replace(b"\n", b"\r\n") + b'{"text": "\\ud800"}')
    code, out, _ = sceau("classify", path)
    assert code == 0
    assert [json.loads(line)["text"] for line in out.splitlines()] == [WAIVER, "\ud800"]


def test_classify_of_nothing_is_nothing(sceau):
    assert sceau("classify", stdin=b"") == (0, "", "")


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"  ",
        b"{",
        b'"text"',
        b"[]",
        b"{}",
        b'{"text": 1}',
        b'{"text": "a", "context": 1}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_classify_names_the_line_that_is_broken(sceau, bad):
    good = lines({"text": WAIVER})
    code, out, err = sceau("classify", stdin=good + good + bad + b"\n" + good)
    assert code == 3
    assert out == ""
    assert "ligne 3" in err
    assert "[bad_input]" in err


def test_classify_names_a_file_that_is_missing(sceau):
    code, _, err = sceau("classify", "missing.jsonl")
    assert code == 3
    assert "« missing.jsonl »" in err


# ---- the other commands --------------------------------------------------------------------------------


def test_labels_names_every_label_in_full(sceau, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = sceau("labels")
    assert set(load().labels) <= set(out.split())


@pytest.mark.parametrize("label", sorted(load().labels))
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_explain_shows_the_page_of_a_label(sceau, label, lang):
    code, out, _ = sceau("explain", label, "--lang", lang)
    text, content = " ".join(out.split()), load().labels[label]
    assert code == 0
    assert " ".join(content.looks_for.get(lang).split()) in text
    assert content.examples.match[0].text.split()[0] in text
    for case in content.cases:
        for ground in case.grounds:
            assert " ".join(load().law_text(ground).citation.split()) in text


def test_explain_refuses_what_is_not_a_label(sceau):
    code, out, err = sceau("explain", "nothing")
    assert (code, out) == (2, "")
    assert "nothing" in err


def test_evaluate_prints_a_table_and_writes_figures(sceau, tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    rows = [{"text": WAIVER, "labels": ["secrecy_waiver"], "split": "check"}, {"text": "Rien.", "labels": []}]
    (corpus / "some.jsonl").write_bytes(lines(*rows))
    code, out, _ = sceau("evaluate", corpus, "--json", tmp_path / "figures.json")
    assert code == 0
    assert "secrecy_waiver" in out
    assert FR["evaluate.title_questions"].split(",")[0] not in out
    assert "check" in json.loads((tmp_path / "figures.json").read_text("utf-8"))


def test_evaluate_measures_questions_as_questions(sceau, tmp_path):
    rows = [
        {"text": "Êtes-vous diabétique ?", "labels": ["precise"], "kind": "question"},
        {"text": "Partie B", "labels": [], "kind": "other"},
    ]
    (tmp_path / "form.jsonl").write_bytes(lines(*rows))
    code, out, _ = sceau("evaluate", tmp_path, "--json", tmp_path / "figures.json")
    assert code == 0
    assert FR["evaluate.title_questions"].split(",")[0] in out
    assert json.loads((tmp_path / "figures.json").read_text("utf-8"))["check"]["questions"]["rows"] == 2


def test_evaluate_names_the_line_that_is_broken(sceau, tmp_path):
    (tmp_path / "bad.jsonl").write_bytes(lines({"text": WAIVER, "labels": []}) + b"{}\n")
    code, _, err = sceau("evaluate", tmp_path / "bad.jsonl")
    assert code == 3
    assert "ligne 2" in err


# ---- the encoder ---------------------------------------------------------------------------------------

TINY_CHECKPOINT = Path(__file__).parents[1] / "detection" / "tiny_checkpoint"
#: A waiver that no rule foresaw.
OTHERWISE = "L'assuré accepte que son médecin réponde à la compagnie sans rien lui cacher."


@pytest.mark.parametrize(
    "command", [["check", FOLDER / "voyage_conditions.pdf"], ["questionnaire", FOLDER / "declaration_bonne_sante.pdf"]]
)
def test_every_command_works_without_the_encoder(sceau, monkeypatch, command):
    monkeypatch.setattr("analyzer.pipeline.load_encoder", None)
    code, out, _ = sceau(*command, "--no-encoder", "--format", "json")
    assert code == 0
    report = json.loads(out)
    assert not any(finding["calibrated"] for finding in report["findings"])
    assert not any("encoder" in step["rule"] for finding in report["findings"] for step in finding["trace"])
    assert FR["note.probability"] not in report["notes"]


def test_scores_are_probabilities_with_the_encoder(sceau):
    report = json.loads(sceau("check", FOLDER / "voyage_conditions.pdf", "--format", "json")[1])
    assert report["findings"]
    assert sum(finding["calibrated"] for finding in report["findings"]) > len(report["findings"]) / 2
    assert FR["note.probability"] in report["notes"]


def test_classify_and_evaluate_work_without_the_encoder(sceau, monkeypatch, tmp_path):
    monkeypatch.setattr("analyzer.pipeline.load_encoder", None)
    labels = json.loads(sceau("classify", "--no-encoder", stdin=lines({"text": WAIVER}))[1])["labels"]
    assert [label["label"] for label in labels] == ["secrecy_waiver"]
    (tmp_path / "some.jsonl").write_bytes(lines({"text": WAIVER, "labels": ["secrecy_waiver"]}))
    code, out, _ = sceau("evaluate", tmp_path, "--no-encoder")
    assert code == 0
    assert FR["evaluate.calibration"].split(":")[0].strip() not in out


def test_another_model_is_taken_from_its_folder(sceau):
    of_ours, of_another = (
        json.loads(sceau("classify", *options, stdin=lines({"text": OTHERWISE}))[1])["labels"]
        for options in ((), ("--model", TINY_CHECKPOINT))
    )
    assert "secrecy_waiver" in {label["label"] for label in of_ours}
    assert "secrecy_waiver" not in {label["label"] for label in of_another}, "it knows nothing"


def test_a_folder_without_a_model_is_a_sentence(sceau, tmp_path):
    code, _, err = sceau("check", FOLDER / "voyage_conditions.pdf", "--model", tmp_path / "nowhere")
    assert code == 3
    assert "nowhere" in err
    assert "[model_missing]" in err
    assert "--no-encoder" in err


def test_two_models_are_compared_passage_by_passage_but_rows_to_score_stay_closed(sceau, tmp_path):
    rows = [{"text": OTHERWISE, "labels": ["secrecy_waiver"], "split": split} for split in ("tune", "check")]
    (tmp_path / "some.jsonl").write_bytes(lines(*rows))
    code, out, _ = sceau("evaluate", tmp_path, "--compare", "rules")
    assert code == 0
    tune = out.partition("tune · clauses")[2]
    assert "+ secrecy_waiver" in tune
    assert "cacher" not in out.partition("tune · clauses")[0]


def test_the_diagram_needs_probabilities(sceau, tmp_path):
    (tmp_path / "some.jsonl").write_bytes(lines({"text": WAIVER, "labels": []}))
    for option in (["--no-encoder"], ["--compare", "rules"]):
        assert sceau("evaluate", tmp_path, *option, "--reliability", tmp_path / "x.svg")[0] == 2
    assert sceau("evaluate", tmp_path, "--reliability", tmp_path / "x.svg")[0] == 0
    assert "<svg" in (tmp_path / "x.svg").read_text("utf-8")


def test_an_empty_corpus_is_told_when_models_are_compared_too(sceau, tmp_path):
    assert sceau("evaluate", tmp_path, "--compare", "rules")[0] == 3


def test_training_without_its_libraries_is_a_sentence(sceau, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "analyzer.learning.train", raising=False)
    code, _, err = sceau("train")
    assert code == 3
    assert "[training_missing]" in err


def test_version_and_help(sceau):
    assert sceau("--version")[:2] == (0, f"sceau {__version__}\n")
    code, out, _ = sceau("check", "--help")
    assert code == 0
    assert all(f"--{option}" in out for option in ("format", "output", "lang", "jurisdiction", "stage", "fail-on"))


@pytest.mark.parametrize("arguments", [["labels"], ["check", CLEAN, "--format", "json"]], ids=["text", "json"])
def test_a_reader_who_leaves_early_is_no_error(arguments):
    """ "sceau labels | head": no message, no code that means something else."""
    command = [sys.executable, "-c", "from analyzer.interface.cli import main; main()"]
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        ended = subprocess.run([*command, *arguments], stdout=gone, stderr=subprocess.PIPE, timeout=120, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize("arguments", [["check", CLEAN], ["check", WARNED, "--format", "json"]], ids=["text", "json"])
def test_a_terminal_that_speaks_no_utf8_is_served(arguments):
    ended = subprocess.run(
        [sys.executable, "-c", "from analyzer.interface.cli import main; main()", *arguments],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "80"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert ended.stderr == b""
    if "json" in arguments:
        assert "données" in ended.stdout.decode("utf-8")


# ---- letter --------------------------------------------------------------------------------------------

LETTERED = FOLDER / "accident_individuel.pdf"


def test_without_a_finding_the_letters_are_listed(sceau):
    code, out, _ = sceau("letter", LETTERED, "--stage", "claim")
    assert code == 0
    offers = suggested(analyze(LETTERED, context=Context(stage="claim")))
    named = [line.split("\u00a0: ")[0] for line in out.splitlines()]
    assert [name for name in named if name in load().letters] == [offer.letter for offer in offers]
    assert all(finding in out for offer in offers for finding in offer.findings)
    assert "page 3" in out and load().labels["secrecy_waiver"].title.fr in out
    assert sceau("letter", CLEAN)[1].strip() == FR["letter.none"]


def test_a_letter_is_printed_or_written(sceau, tmp_path):
    context = Context(stage="claim")
    report = analyze(LETTERED, context=context)
    offer = suggested(report)[0]
    chosen = ["--stage", "claim", "--finding", offer.findings[0]]
    code, out, err = sceau("letter", LETTERED, *chosen)
    text = write(report, offer.letter, offer.findings[:1])
    assert (code, out) == (0, f"{text}\n")
    assert FR["letter.before_sending"] in err
    for name, start in (("a.txt", text[:9].encode()), ("a.docx", b"PK"), ("a.PDF", b"%PDF")):
        assert sceau("letter", LETTERED, *chosen, "--output", tmp_path / name)[:2] == (0, "")
        assert (tmp_path / name).read_bytes().startswith(start)
    complaint = sceau("letter", LETTERED, *chosen, "--letter", "complaint", "--lang", "en")
    assert "Objet\u00a0: réclamation" in complaint[1]
    assert messages("en")["letter.in_french"] in complaint[2]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ([LETTERED, "--finding", "no-such-finding"], 2),
        ([LETTERED, "--letter", "complaint"], 2),
        ([LETTERED, "--output", "letter.txt"], 2),
        ([LETTERED, "--finding", "x", "--output", "letter.odt"], 2),
        (["missing.pdf"], 3),
        ([], 2),
    ],
)
def test_a_letter_that_cannot_be_is_an_error(sceau, arguments, code):
    assert sceau("letter", *arguments)[0] == code


def test_a_letter_of_no_such_name_or_place_is_an_error(sceau, tmp_path):
    finding = suggested(analyze(LETTERED))[0].findings[0]
    assert sceau("letter", LETTERED, "--finding", finding, "--letter", "no-such-letter")[0] == 2
    assert sceau("letter", LETTERED, "--finding", finding, "--output", tmp_path / "no" / "letter.txt")[0] == 3
