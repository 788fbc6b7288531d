-- Unpaid orders are listed by status now.
CREATE INDEX orders_status_placed_at ON orders (status, placed_at);
