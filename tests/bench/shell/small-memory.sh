# The most memory that the shell has had, after next to nothing.
while read -r name value unit; do
	case $name in VmHWM:) echo "$value" ;; esac
done </proc/$$/status
