package kit

import "slices"

// Registers are labels: names, each with its values (JRN-4). The zero value has none.
type Registers map[string][]string

// Check is the check of an append (JRN-5). An empty value stands for any.
type Check struct {
	Include, Exclude map[string][]string
}

func (r Registers) has(name, value string) bool {
	values := r[name]
	return len(values) > 0 && (value == "" || slices.Contains(values, value))
}

// Passes tells whether an append with the check may land (JRN-5).
func (r Registers) Passes(c Check) bool {
	if len(r) == 0 {
		return true
	}
	for name, values := range c.Exclude {
		if slices.ContainsFunc(values, func(value string) bool { return r.has(name, value) }) {
			return false
		}
	}
	for name, values := range c.Include {
		if !slices.ContainsFunc(values, func(value string) bool { return r.has(name, value) }) {
			return false
		}
	}
	return true
}

// Change takes labels away, and then sets others: all values of each name (JRN-4).
func (r *Registers) Change(subtract, union map[string][]string) {
	if *r == nil {
		*r = Registers{}
	}
	for name, values := range subtract {
		left := slices.DeleteFunc(slices.Clone((*r)[name]), func(value string) bool {
			return slices.Contains(values, value)
		})
		if (*r)[name] = left; len(left) == 0 {
			delete(*r, name)
		}
	}
	for name, values := range union {
		(*r)[name] = slices.Clone(values)
	}
}
