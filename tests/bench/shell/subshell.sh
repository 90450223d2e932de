# Subshells.
i=0
while [ $i -lt 2000 ]; do
	(value=$i)
	i=$((i + 1))
done
