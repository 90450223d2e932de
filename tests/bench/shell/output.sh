# Many short lines of output.
i=0
while [ $i -lt 30000 ]; do
	echo "$i: a line of output"
	i=$((i + 1))
done
