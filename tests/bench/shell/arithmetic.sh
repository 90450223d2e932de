# Formulas with variables, parentheses and most operators.
i=0 hash=5381
while [ $((i += 1)) -le 150000 ]; do
	hash=$(((hash << 5) + hash ^ i & 0xff))
	hash=$((hash % 16777213 > 1000 ? hash % 16777213 : hash + 1000))
done
