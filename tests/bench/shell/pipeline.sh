# A builtin and a program, joined.
i=0
while [ $i -lt 600 ]; do
	echo "line $i" | cat >/dev/null
	i=$((i + 1))
done
