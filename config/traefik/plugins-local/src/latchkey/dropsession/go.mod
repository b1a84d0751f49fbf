module latchkey/dropsession

go 1.21
