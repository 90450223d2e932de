# Text is taken apart and put together.
path=/usr/share/doc/package/changelog.Debian.gz i=0
while [ $i -lt 60000 ]; do
	name=${path##*/} folder=${path%/*}
	base=${name%%.*}
	case $name in
		*.txt | *.md) kind=text ;;
		*.[gG]z) kind="$base:$folder" ;;
		*) kind=none ;;
	esac
	line="$kind ${#name} ${missing:-$base}"
	i=$((i + 1))
done
