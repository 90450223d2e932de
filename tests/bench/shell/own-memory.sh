# Memory of its own, after some work.
. "${0%/*}/memory.work"
wanted=RssAnon:
. "${0%/*}/memory.look"
