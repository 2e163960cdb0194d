"""The public side as files: what every open address answers, rendered by the application itself and put into a folder.

run      which parts there are, and which of them say something else now
parts    the files of a batch, a pallet, a place, an article
answers  what the application answers, as files in every language
maps     what nginx looks up
"""

from traceability.web.publishing.run import publish

__all__ = ["publish"]
