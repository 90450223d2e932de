# A string that grows by a character at a time.
text= i=0
while [ $i -lt 30000 ]; do
	text=${text}x
	i=$((i + 1))
done
