module example.com/shop/exporter

go 1.24
