# The lines of a file, each in three fields.
while read -r first second rest; do
	last=$rest
done <lines.txt
