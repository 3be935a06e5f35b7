"""The page, for ``streamlit run app.py``; ``sceau app`` serves the same one."""

from analyzer.interface.page import main

main()
