"""Score MOTS texts with TrackEval; run by an interpreter that has it (``READERS_PYTHON``).

Usage: score_mots.py TRUTH.txt TRACKED.txt FRAMES; prints the HOTA of class 1 in percent.
"""

import contextlib
import io
import shutil
import sys
import tempfile
from pathlib import Path


def main(truth: str, tracked: str, frames: str) -> None:
    import trackeval  # noqa: PLC0415 - lives in another environment

    root = Path(tempfile.mkdtemp())
    (root / "truth" / "label_02").mkdir(parents=True)
    (root / "trackers" / "ours" / "data").mkdir(parents=True)
    shutil.copy(truth, root / "truth" / "label_02" / "run.txt")
    shutil.copy(tracked, root / "trackers" / "ours" / "data" / "run.txt")
    quiet = {"PRINT_CONFIG": False}
    with contextlib.redirect_stdout(io.StringIO()):
        dataset = trackeval.datasets.KittiMOTS(
            {
                **quiet,
                "GT_FOLDER": str(root / "truth"),
                "TRACKERS_FOLDER": str(root / "trackers"),
                "CLASSES_TO_EVAL": ["car"],
                "SEQ_INFO": {"run": int(frames)},
            }
        )
        evaluator = trackeval.Evaluator(
            {
                **quiet,
                "PRINT_RESULTS": False,
                "OUTPUT_SUMMARY": False,
                "OUTPUT_DETAILED": False,
                "PLOT_CURVES": False,
                "TIME_PROGRESS": False,
                "BREAK_ON_ERROR": True,
                "LOG_ON_ERROR": None,
            }
        )
        results, _ = evaluator.evaluate([dataset], [trackeval.metrics.HOTA(quiet)])
    hota = results["KittiMOTS"]["ours"]["COMBINED_SEQ"]["car"]["HOTA"]["HOTA"]
    sys.stdout.write(f"{100 * float(hota.mean()):.3f}\n")
    shutil.rmtree(root)


if __name__ == "__main__":
    main(*sys.argv[1:])
