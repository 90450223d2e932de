# The most that was resident, after next to nothing.
wanted=VmHWM:
. "${0%/*}/memory.look"
