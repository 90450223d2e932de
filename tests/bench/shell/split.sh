# Fields of lines and of words.
words='alpha beta gamma delta epsilon zeta eta theta iota kappa'
for round in $words $words $words $words $words $words $words $words; do
	IFS=: lines=$words:$words:$words
	for count in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		for field in $lines; do :; done
	done
	IFS=' '
	for count in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		set -- $words $words $words $words $words $words $words $words $words $words
	done
done
