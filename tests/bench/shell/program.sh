# What a program writes, as a value.
i=0
while [ $i -lt 1000 ]; do
	value=$(/bin/true)
	i=$((i + 1))
done
