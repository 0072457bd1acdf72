"""Controllers of one window: each connects some widgets to the document, the view or the engine.

They own no facts. A desk is what the action table calls; a sync keeps a widget in step.
"""
