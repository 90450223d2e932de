# What a builtin writes, as a value.
i=0
while [ $i -lt 3000 ]; do
	value=$(printf '%s' "$i")
	i=$((i + 1))
done
