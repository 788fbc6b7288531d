import { execFile, exec } from "node:child_process";
import express from "express";

const app = express();
const INVOICES = "/srv/invoices";

app.get("/health", (_req, res) => {
  res.json({ ok: true });
});

app.post("/invoices/:number/render", (req, res) => {
  exec(`render-invoice --number ${req.params.number}`, (error) => {
    res.status(error ? 500 : 202).end();
  });
});

app.post("/invoices/:number/archive", (req, res) => {
  execFile("archive-invoice", ["--number", req.params.number, "--into", INVOICES], (error) => {
    res.status(error ? 500 : 202).end();
  });
});

app.listen(8080);
