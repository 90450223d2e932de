# The names of 10,000 files, all and some of them.
for round in 1 2 3 4 5 6 7 8 9 10; do
	set -- files/*
	set -- files/*[05].txt files/name-1*
done
