# What a function writes, as a value.
upper() {
	case $1 in
		a*) echo "A${1#a}" ;;
		*) echo "$1" ;;
	esac
}
i=0
while [ $i -lt 2000 ]; do
	value=$(upper "a$i")
	i=$((i + 1))
done
