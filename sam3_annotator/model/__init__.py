"""SAM 3 in plain torch: pixels and prompts in, boxes, scores and masks out.

Letters used for tensor dimensions, here and nowhere else:

======  ==============================================================
``B``   batch: pictures, or prompts on one picture
``T``   frames of a clip
``N``   objects
``P``   points, boxes or other prompts of one request
``Q``   object queries of the detector (200)
``L``   tokens of a phrase, or of a whole prompt
``S``   flattened grid positions
``C``   channels
``H W`` pixels of a picture
``h w`` cells of a feature map
``M``   alternative masks for one click
======  ==============================================================

Boxes are cxcywh in fractions of the picture, [0, 1]; masks are logits, positive inside. Only
``preprocess`` talks in pixels of the original picture. Grids are row-major; ``True`` in a mask of
tokens means "a real token".
"""
