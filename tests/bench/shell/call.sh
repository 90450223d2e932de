# Calls of a function with arguments and a local variable.
add() {
	local sum
	sum=$(($1 + $2))
	total=$sum
}
total=0 i=0
while [ $i -lt 100000 ]; do
	add $total $i
	i=$((i + 1))
done
