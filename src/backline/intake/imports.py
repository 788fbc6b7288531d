"""What a module of JavaScript or TypeScript imports tells where it runs: data and the reading of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_SERVER = """
express express-* fastify fastify-* @fastify/* koa koa-* @koa/* @hapi/* hapi restify hono hono/* @hono/* elysia
polka @nestjs/* next/server next/headers next/cache server-only @remix-run/node @remix-run/server-runtime
@remix-run/express @remix-run/cloudflare @react-router/node $env/static/private $env/dynamic/private $lib/server/*
$lib/server h3 nitropack nitropack/* pg pg-* postgres mysql mysql2 mysql2/* sqlite3 better-sqlite3 mongodb mongoose
redis ioredis @prisma/client typeorm sequelize sequelize-typescript knex drizzle-orm drizzle-orm/* kysely
@mikro-orm/* objection bookshelf cassandra-driver neo4j-driver @elastic/elasticsearch @opensearch-project/* kafkajs
amqplib bullmq bull agenda bee-queue @aws-sdk/* aws-sdk aws-lambda @aws-lambda-powertools/* @middy/* aws-cdk-lib
aws-cdk-lib/* @google-cloud/* @azure/* firebase-admin firebase-admin/* firebase-functions firebase-functions/*
stripe nodemailer @sendgrid/mail twilio passport passport-* jsonwebtoken bcrypt bcryptjs argon2 helmet cors
body-parser cookie-parser cookie-session multer morgan winston pino @trpc/server @trpc/server/* apollo-server
apollo-server-* @apollo/server @apollo/server/* graphql-yoga type-graphql @pothos/* mercurius @grpc/* grpc socket.io
ws node-cron ldapjs next-auth/next iron-session csurf @vercel/node @vercel/functions @netlify/functions
@azure/functions cloudflare:* bun:* bun http https http2 net tls dgram child_process cluster worker_threads
node:http node:https node:http2 node:net node:tls node:dgram node:cluster node:child_process node:worker_threads
node:sqlite react-dom/server vue/server-renderer @vue/server-renderer dockerode ssh2 snowflake-sdk tedious mssql
oracledb @clickhouse/client @supabase/ssr moleculer @feathersjs/* @adonisjs/* @ioc:* @temporalio/* inngest @pulumi/*
@loopback/* egg sails strapi @strapi/strapi @strapi/utils @strapi/core payload @medusajs/* pm2 node-pg-migrate umzug
"""
_NODE = """
node:* fs fs/* os crypto zlib readline dns vm perf_hooks async_hooks dotenv dotenv/* undici node-fetch got commander
yargs fastify-plugin reflect-metadata class-validator class-transformer tsyringe inversify jose joi graphql-tag
"""
_BROWSER = """
react-dom react-dom/client react preact preact/* react-router-dom react-router react-redux redux @reduxjs/* zustand
jotai recoil mobx mobx-* @tanstack/react-* @tanstack/vue-* swr styled-components @emotion/* @mui/* @material-ui/* antd
@chakra-ui/* @radix-ui/* @headlessui/* lucide-react framer-motion next/link next/image next/router next/dynamic
next/navigation next/script next-auth/react vue vuex pinia vue-router vue-* @vue/* @vueuse/* nuxt/app #app svelte
svelte/* $app/* @angular/* @ngrx/* @ionic/* solid-js solid-js/* lit lit/* lit-element @lit/* alpinejs htmx.org
@hotwired/* ember ember-* @ember/* @glimmer/* backbone jquery bootstrap three @react-three/* d3 d3-* chart.js recharts
react-native react-native-* @react-native/* @react-navigation/* expo expo-* electron @electron/* @stripe/stripe-js
@stripe/react-stripe-js leaflet mapbox-gl monaco-editor codemirror @codemirror/* @tiptap/* prosemirror-* phaser pixi.js
@apollo/client @apollo/client/* urql @urql/* react-query formik react-* @storybook/* msw/browser socket.io-client
*.css *.scss *.sass *.less *.vue *.svelte *.svg *.png @types/react
"""
# A type alone proves nothing about `@prisma/client` (components name its records), but these are the server's own.
_SERVER_TYPES = "express fastify koa hono aws-lambda @nestjs/* @vercel/node @netlify/functions"

_TYPE_IMPORT = re.compile(r"\bimport\s+type\s[^;'\"]{0,2000}['\"]([^'\"\n]{1,200})['\"]")
_IMPORT = re.compile(r"(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['\"]([^'\"\n]{1,200})['\"]")

_OWN_STORE = re.compile(
    r"(?:[~#.]|@[\w.-]{0,60}/)[\w./-]{0,120}(?<![\w-])"
    r"(?:prisma|drizzle|kysely|knex|mongoose|mongodb|postgres|server/db|db|database)(?:/(?:index|client|server|schema|queries))?(?:\.[jt]s)?$"
    r"|@[\w.-]{1,60}/(?:prisma|drizzle|kysely|knex|db|database)$"
)
# A browser and a phone have databases too (Dexie, SQLite), and their modules bear the same names.
_NOT_ON_SERVER = re.compile(
    r"^\s*['\"]use client['\"]|['\"](?:react-native|expo|dexie|@capacitor|@ionic|electron)\b"
    r"|\buse(?:State|Effect|LiveQuery)\b",
    re.M,
)


def server_import(text: str) -> str | None:
    """The first module that only a server imports."""
    return _first(_modules(text), _SERVER) or _first(_TYPE_IMPORT.findall(text), _SERVER_TYPES)


def store_import(text: str) -> str | None:
    """The first module of the project's own that opens its database: ``@/lib/prisma``, ``../db/client``."""
    if _NOT_ON_SERVER.search(text):
        return None
    found = next((module for module in _modules(text) if _OWN_STORE.match(module)), None)
    return re.sub(r"[^\w@./~#-]", "", found)[:60] if found else None


def node_import(text: str) -> str | None:
    """The first module that wants Node; build tools import such modules too."""
    return _first(_modules(text), _NODE)


def browser_import(text: str) -> str | None:
    """The first module that code for a browser, a phone or a desktop imports."""
    return _first(_modules(text), _BROWSER)


def _modules(text: str) -> list[str]:
    return _IMPORT.findall(_TYPE_IMPORT.sub("", text))


def _first(modules: Iterable[str], table: str) -> str | None:
    exact, starts, ends = _table(table)
    found = next((m for m in modules if _plain(m) in exact or _plain(m).startswith(starts) or m.endswith(ends)), None)
    return _package(found) if found else None


def _package(module: str) -> str:
    """The package without the path in it: it is shown, so it must be short and plain."""
    return re.sub(r"[^\w@./:$#+-]", "", "/".join(_plain(module).split("/")[:2]))[:60]


def _plain(module: str) -> str:
    """``npm:express@4/x`` and ``https://esm.sh/express`` are express."""
    module = re.sub(r"^(?:npm:|jsr:|https://(?:esm\.sh|cdn\.skypack\.dev|deno\.land/x)/)", "", module)
    return re.sub(r"(?<=.)@[\w.^~-]+", "", module)


@cache
def _table(table: str) -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    words = table.split()
    starts = tuple(word[:-1] for word in words if word.endswith("*"))
    ends = tuple(word[1:] for word in words if word.startswith("*"))
    return frozenset(words), starts, ends or ("\0",)
