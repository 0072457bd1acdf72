"""The command that compares a clip with the list of frames beside an export."""

from __future__ import annotations

from sam3_annotator.cli import main
from sam3_annotator.io.frames_csv import write_frames_csv
from sam3_annotator.io.video import Clip
from tests.support import clips


def test_verify(tmp_path, capsys):
    path = clips.make("variable_rate.mp4", tmp_path)
    clip = Clip(path)
    write_frames_csv(tmp_path / "v.frames.csv", clip)
    clip.close()
    assert main(["verify", str(tmp_path / "v.frames.csv"), str(path)]) == 0
    assert "all 60 frames" in capsys.readouterr().out
    other = clips.make("bframes.mp4", tmp_path)
    assert main(["verify", str(tmp_path / "v.frames.csv"), str(other)]) == 1
    assert "Frame 1 " in capsys.readouterr().out
    assert main(["verify", str(tmp_path / "none.csv"), str(path)]) == 1
    assert "not there" in capsys.readouterr().err
