# Memory of its own, after some work: a function, a list of a thousand words, a hundred variables.
join() { joined="$1-$2"; }
words=
for i in 0 1 2 3 4 5 6 7 8 9; do
	for j in 0 1 2 3 4 5 6 7 8 9; do
		eval "name$i$j='a value of some length for $i and $j'"
		words="$words $i$j $j$i $i$j$i $j$i$j $i$i $j$j x$i y$j z$i z$j"
	done
done
for word in $words; do join "$word" "$word"; done
while read -r name value unit; do
	case $name in RssAnon:) echo "$value" ;; esac
done </proc/$$/status
