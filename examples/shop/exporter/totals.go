package main

import (
	"context"
	"database/sql"
)

const totalsQuery = `SELECT customer_id, sum(total) FROM orders WHERE placed_at >= current_date - 1 GROUP BY 1`

// Totals returns what each customer spent since yesterday.
func Totals(ctx context.Context, db *sql.DB) (map[int64]float64, error) {
	rows, err := db.QueryContext(ctx, totalsQuery)
	if err != nil {
		return nil, err
	}
	totals := map[int64]float64{}
	for rows.Next() {
		var customer int64
		var total float64
		if err := rows.Scan(&customer, &total); err != nil {
			return nil, err
		}
		totals[customer] = total
	}
	return totals, rows.Err()
}

// Customers returns who ordered since yesterday.
func Customers(ctx context.Context, db *sql.DB) ([]int64, error) {
	rows, err := db.QueryContext(ctx, `SELECT DISTINCT customer_id FROM orders WHERE placed_at >= current_date - 1`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var customers []int64
	for rows.Next() {
		var customer int64
		if err := rows.Scan(&customer); err != nil {
			return nil, err
		}
		customers = append(customers, customer)
	}
	return customers, rows.Err()
}
