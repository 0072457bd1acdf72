"""Numbers stand under their own names, whatever the order in which they come."""

from __future__ import annotations

import math

from sam3_annotator.training.curves import Curves


def test_rows_of_another_order_and_with_other_names_stay_in_their_columns(tmp_path):
    curves = Curves(tmp_path / "curves.csv")
    curves.add({"step": 1, "seconds": 0.5, "mask": 3.0, "gradient": 7.0})
    curves.add({"step": 2, "seconds": 1.0, "gradient": 8.0, "mask": 2.0, "box": 5.0})
    curves.add({"step": 3, "seconds": 1.5, "gradient": math.nan})
    lines = (tmp_path / "curves.csv").read_text().splitlines()
    assert lines[0] == "step,seconds,mask,gradient,box"
    assert lines[1:] == ["1,0.5,3,7,", "2,1,2,8,5", "3,1.5,,nan,"]
    assert curves.rows()[1] == {"step": 2, "seconds": 1, "gradient": 8, "mask": 2, "box": 5}
    curves.draw(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 1000


def test_rows_of_steps_that_were_never_saved_are_forgotten(tmp_path):
    curves = Curves(tmp_path / "curves.csv")
    for step in (10, 20, 30):
        curves.add({"step": step, "loss": 1 / step})
    Curves(tmp_path / "curves.csv").cut(20)
    assert [row["step"] for row in curves.rows()] == [10, 20]
    curves.cut(0)
    assert curves.rows() == []
    curves.add({"step": 10, "loss": 0.5})
    assert curves.rows() == [{"step": 10, "loss": 0.5}]
