# The most that was resident, its files' pages too, after some work.
. "${0%/*}/memory.work"
wanted=VmHWM:
. "${0%/*}/memory.look"
