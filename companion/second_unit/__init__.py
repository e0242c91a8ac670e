"""
Second Unit: what can be said about shots and jobs without Blender.

The rooms, in the order in which they may import one another: each imports only what stands above it. A test holds that.

====================  ==============================================================================================
errors, timing        every error we raise; frames and rates, exactly
timeline, camera      what the editor laid out; a scene camera's move in words
shots                 the values: segments, references, the shot list
prompts               composing, dialects, mentions, lint
shot_list             from a timeline to its shots
catalog               the models: capabilities and prices as dated data
plan                  the values; ``planning`` makes them
media                 probe, verify, prepare references, find cuts, conform
animatic              the previs renderer, and the demo's media
network, hosting      the guarded HTTP client and the keys; where a local file becomes a URL
providers             one file a service
takes                 from takes to placements
jobs                  jobs, their store, the worker
otio                  OpenTimelineIO in and out
batch                 the whole line for a script, with no Blender
rehearsal             the local server
cli                   ``second-unit …``
====================  ==============================================================================================

Importing this package loads nothing else, so that Blender's start-up pays nothing for it.
"""

__version__ = "0.1.0"
