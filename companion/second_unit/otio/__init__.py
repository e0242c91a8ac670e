"""OpenTimelineIO in and out: edits from Resolve, Premiere or Kdenlive can be shot as well (extra ``otio``)."""
