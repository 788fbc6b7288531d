// Command exporter writes yesterday's orders to the warehouse.
package main

import (
	"context"
	"database/sql"
	"log"
	"os"
	"os/exec"
	"time"
)

func main() {
	db, err := sql.Open("pgx", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	totals, err := Totals(ctx, db)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("%d customers", len(totals))
}

// Compress packs one finished export.
func Compress(ctx context.Context, path string) error {
	return exec.CommandContext(ctx, "gzip", "--keep", path).Run()
}
