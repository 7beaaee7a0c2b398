"""How fast canbao is: a county of Shangcai's size, made, filled, checked and merged, beside what libraries need."""
