# A short text read from a here-document.
i=0
while [ $i -lt 8000 ]; do
	read -r line <<-EOF
		value $i
	EOF
	i=$((i + 1))
done
