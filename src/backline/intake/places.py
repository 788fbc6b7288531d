"""Names of folders and files that say what a file is for: data for the selection, all in lower case."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What nobody reads as text, or nobody writes by hand.
BINARY = _words(
    "png jpg jpeg gif bmp ico icns webp avif tif tiff psd ai eps sketch fig xcf heic mp3 mp4 m4a m4v mov avi mkv webm "
    "ogg oga ogv wav flac aac woff woff2 ttf otf eot pdf doc docx xls xlsx ppt pptx odt ods odp zip gz tgz bz2 xz zst "
    "7z rar tar jar war ear aar apk ipa aab dex class o a so dylib dll exe lib obj pdb pyc pyo pyd whl egg gem nupkg "
    "deb rpm dmg iso img bin dat db sqlite sqlite3 mdb parquet arrow feather orc avro h5 hdf5 npy npz pkl pickle pt "
    "pth onnx safetensors ckpt joblib keystore jks p12 pfx der mo wasm swf lottie glb gltf fbx blend stl br lz4 rdb"
)
LOCK_FILES = _words(
    "package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock bun.lockb deno.lock poetry.lock uv.lock "
    "pdm.lock pylock.toml pipfile.lock conda-lock.yml pixi.lock gemfile.lock gems.locked composer.lock symfony.lock "
    "cargo.lock go.sum go.work.sum mix.lock rebar.lock pubspec.lock podfile.lock cartfile.resolved package.resolved "
    "packages.lock.json paket.lock gradle.lockfile buildscript-gradle.lockfile verification-metadata.xml flake.lock "
    ".terraform.lock.hcl chart.lock requirements.lock berksfile.lock .pnp.cjs .pnp.loader.mjs module.bazel.lock "
    "maven_install.json stack.yaml.lock cabal.project.freeze vcpkg-lock.json conan.lock shard.lock "
    "dub.selections.json"
)
VENDORED = _words(
    "node_modules bower_components jspm_packages third_party third-party thirdparty 3rdparty site-packages "
    "dist-packages _vendor _vendored vendored pods carthage .yarn .pnpm-store godeps .bundle .eggs .venv venv "
    "virtualenv"
)
BUILD_OUTPUT = _words(
    ".next .nuxt .output .svelte-kit .vercel .netlify .turbo .parcel-cache .angular .docusaurus __pycache__ .gradle "
    ".mypy_cache .pytest_cache .tox .nox .ipynb_checkpoints"
)
COMPILED_TO = _words("dist build built out public static assets bundle bundles compiled lib")

# Tests, documentation, translations, data.
TEST_FOLDERS = _words(
    "test tests __tests__ __test__ unittest unittests unit-tests unit_tests integration-tests integration_tests "
    "integrationtest integrationtests functional-tests functional_tests acceptance-tests acceptance_tests e2e "
    "e2e-tests e2e_tests end-to-end cypress playwright __mocks__ __fixtures__ __snapshots__ testdata test-data "
    "test_data testfixtures test-fixtures test_fixtures testutil testutils test-utils test_utils test-support "
    "test_support testlib androidtest commontest jvmtest jstest iostest it-tests smoke-tests smoke_tests load-tests "
    "load_tests loadtest loadtests perf-tests perf_tests contract-tests contract_tests system-tests system_tests "
    "k6 gatling locust jmeter artillery"
)
TEST_CODE_FOLDERS = _words("fixtures fixture mocks mock")
"""Tests when they hold code; ``fixtures/`` of data are data."""
SPEC_FOLDERS = _words("spec specs")
"""Tests in the languages whose runners look there; in others a specification."""

DOC_FOLDERS = _words("doc docs documentation wiki _docs apidocs javadoc man rfcs adr adrs")
DOC_EXTENSIONS = _words(
    "md markdown mdown mkd mdx rst adoc asciidoc txt text textile org pod rdoc tex bib log 1 2 3 5 7 8"
)
DOC_NAMES = _words(
    "readme changelog changes history news license licence copying notice authors contributors contributing "
    "codeowners security code_of_conduct maintainers todo install upgrading version .mailmap"
)
OWN_CODE = _words("src app apps lib internal pkg cmd services modules")
"""Below these a folder named ``docs`` or ``vendor`` is a part of the application, not documentation or a copy."""

STYLE = _words("css scss sass less styl stylus pcss postcss sss")
TRANSLATION_EXTENSIONS = _words("po pot mo xliff xlf arb resx strings stringsdict ftl")
TRANSLATION_FOLDERS = _words("locale locales i18n l10n lang langs translations messages intl")
DRAWINGS = _words("svg drawio excalidraw puml plantuml mmd dot d2 gv")
DATA = _words(
    "csv tsv jsonl ndjson geojson topojson arff snap srt vtt ics vcf gpx kml asc sig pem crt cer csr pub gpg map"
)

# Servers and browsers. The first two sets decide wherever they stand in the path …
SERVER = _words(
    "server servers backend backends back-end back_end serverside server-side apiserver lambda lambdas "
    "netlify-functions edge-functions edge_functions cloud-functions cloudfunctions cloud_functions serverless "
    "microservice microservices bff"
)
BROWSER = _words(
    "frontend frontends front-end front_end clientside client-side clientapp webapp webui webclient ui uis uikit "
    "design-system designsystem storybook .storybook react-native content-scripts www public static spa themes styles "
    "styleguide javascript javascripts wwwroot webroot"
)
"""Not ``client``, ``assets``, ``site`` …: they are things that a backend keeps as often as a side that code runs on."""
# … the next two as a word of a unit's name: the first folder, or the one below ``apps/``, ``packages/`` …
UNITS = _words("apps app-packages packages services libs modules projects workspaces components-library")
SERVER_WORDS = _words(
    "server backend api apis service services worker workers functions function lambda lambdas bff gateway daemon "
    "consumer producer scheduler cron db database jobs queue webhook webhooks grpc graphql express nestjs fastify koa "
    "mailer ingest indexer crawler bot core-api auth-service"
)
BROWSER_WORDS = _words(
    "frontend web webapp ui client mobile ios android site website spa browser renderer storybook react vue angular "
    "svelte components dashboard portal extension chrome desktop electron native expo landing marketing www docs "
    "design widget widgets theme"
)
# … and these only when neither such a place nor the content tells.
SERVER_HINTS = _words(
    "api apis services service controller controllers router routers routes handlers handler middleware middlewares "
    "repositories repository resolvers resolver models entities entity migrations migration seeds seeders seed db "
    "database databases prisma drizzle knex typeorm sequelize mongoose graphql trpc rpc grpc jobs job queue queues "
    "workers worker consumers producers subscribers listeners cmd cli bin gateway gateways auth guards interceptors "
    "dto dtos schemas domain infrastructure infra usecases use-cases billing payments notifications mailer mailers "
    "emails tasks schedulers scheduler commands daos dao cache redis kafka webhook webhooks functions cron"
)
BROWSER_HINTS = _words(
    "components component screens layouts containers composables redux vuex pinia slices reducers atoms molecules "
    "organisms icons modals dialogs animations charts pages forms"
)
RUNS_ON_SERVER = _words(
    "+server +page.server +layout.server hooks.server entry.server entry-server instrumentation server knexfile "
    "ormconfig next.config nuxt.config ecosystem.config drizzle.config prisma.config serverless sst.config "
    "open-next.config ormconfig.config app.server"
)
"""File names, without the extension, that a framework runs on the server or that configure one."""
TOOLS = _words(
    "webpack vite vitest jest babel eslint prettier stylelint postcss tailwind rollup esbuild tsup karma protractor "
    "playwright cypress commitlint lint-staged cspell svgo metro craco rsbuild rspack unocss windicss uno panda tsdown "
    "biome swc ava nyc lerna nx renovate release changelog remark rehype contentlayer svelte astro vue angular quasar "
    "gatsby remix react-router docusaurus vitepress storybook capacitor ionic electron forge electron-builder tamagui "
    "size-limit knip turbo wdio nightwatch testcafe brunch snowpack parcel plop typedoc jsdoc graphql codegen orval "
    "i18next lingui syncpack dependency-cruiser oxlint unbuild build next-sitemap next-i18next"
)
"""``NAME.config.js``: settings of a tool that runs in the build."""
TOOL_FOLDERS = _words("webpack .storybook .vitepress .vuepress .vite .husky .config")
TOOL_FILES = _words(
    "gatsby-node gatsby-config gulpfile gruntfile webpack.mix karma.conf protractor.conf wdio.conf jest.setup rollup"
)
