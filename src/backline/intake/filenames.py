"""Names of files whose kind their name alone tells: data for `configuration.py`, globs in lower case."""

from __future__ import annotations

# The first kind that names the file decides; a plain name goes before a pattern.
BACKEND = {
    "GitHub workflow": """
        .github/workflows/*.yml .github/workflows/*.yaml
    """,
    "GitHub action": """
        action.yml action.yaml
    """,
    "CI pipeline": """
        .gitlab-ci.yml *.gitlab-ci.yml .gitlab/**/*.yml .travis.yml .circleci/*.yml azure-pipelines*.yml
        .drone.yml .azure-pipelines/**/*.yml bitbucket-pipelines.yml .buildkite/**/*.yml .buildkite/**/*.yaml
        cloudbuild*.yaml cloudbuild*.yml buildspec*.yml appveyor.yml .appveyor.yml .woodpecker.yml
        .woodpecker/*.yml .semaphore/*.yml codefresh.yml .cirrus.yml .forgejo/workflows/*.yml
        .gitea/workflows/*.yml .tekton/*.yaml
    """,
    "Compose file": """
        docker-compose*.yml docker-compose*.yaml compose.yml compose.yaml compose.*.yml compose.*.yaml
    """,
    "API description": """
        openapi*.yml openapi*.yaml openapi*.json swagger*.yml swagger*.yaml swagger*.json asyncapi*.yml
        asyncapi*.yaml *.openapi.yml *.openapi.yaml *.openapi.json *.raml
    """,
    "Kubernetes": """
        kustomization.y*ml helmfile.y*ml skaffold.y*ml charts/**/*.yaml helm/**/*.yaml **/templates/_*.tpl
        **/charts/**/values*.y*ml chart.yaml values.yaml values-*.yaml
    """,
    "Ansible": """
        **/playbooks/**/*.yml **/roles/*/tasks/*.yml **/roles/*/handlers/*.yml **/roles/*/defaults/*.yml
        **/roles/*/vars/*.yml **/group_vars/** **/host_vars/** playbook*.yml ansible.cfg
    """,
    "deployment": """
        serverless.y*ml serverless.*.yml sam.y*ml samconfig.toml samconfig.yaml template.yaml template.yml
        cdk.json fly.toml fly.*.toml render.yaml railway.toml railway.json app.yaml app.yml app.json.erb
        vercel.json netlify.toml firebase.json firestore.rules storage.rules database.rules.json
        firestore.indexes.json wrangler.toml wrangler.json wrangler.jsonc procfile procfile.* captain-definition
        ecosystem.config.json zappa_settings.json nixpacks.toml supabase/config.toml pulumi.yaml pulumi.*.yaml
        *.nomad *.service *.timer crontab *.crontab *.cron dokku-scale amplify.yml copilot/**/manifest.yml
        appspec.yml task-definition*.json taskdef*.json
    """,
    "Liquibase migration": """
        **/changelog/**/*.xml **/changelog/**/*.y*ml *changelog*.xml db.changelog*.y*ml
    """,
    "config": """
        application*.yml application*.yaml application*.properties application*.conf bootstrap.yml
        bootstrap.properties appsettings*.json web.config app.config web.xml persistence.xml hibernate.cfg.xml
        logback*.xml log4j*.xml log4j*.properties applicationcontext*.xml beans.xml server.xml context.xml
        ejb-jar.xml struts*.xml database.yml database*.json storage.yml cable.yml sidekiq.yml schedule.yml
        credentials.yml.enc nginx*.conf *.nginx *.vhost haproxy.cfg caddyfile traefik.y*ml traefik.toml
        envoy*.yaml .htaccess httpd.conf php.ini php-fpm.conf www.conf my.cnf postgresql.conf pg_hba.conf
        pgbouncer.ini redis.conf mongod.conf uwsgi.ini gunicorn*.conf supervisord.conf *.supervisor.conf
        alembic.ini prometheus*.y*ml alertmanager*.y*ml otel*.y*ml loki*.y*ml sqlc.y*ml sqlc.json buf.yaml
        buf.gen.yaml gqlgen.y*ml krakend.json kong.y*ml flyway.conf flyway.toml liquibase.properties
        sentinel.conf rabbitmq.conf rabbitmq.config definitions.json elasticsearch.yml vector.toml telegraf.conf
        fluent*.conf settings.toml settings.yaml settings.yml .secrets.toml config.toml config.y*ml config.ini
        dbt_project.yml profiles.yml .env .env.* *.env parameters.yml services.yaml routes.yaml security.yaml
        doctrine.yaml hasura/metadata/**/*.yaml
    """,
}
OTHER = {
    "dependency manifest": """
        package.json pyproject.toml setup.cfg requirements*.txt requirements*.in requirements/*.txt
        constraints*.txt pipfile gemfile *.gemfile *.gemspec go.mod go.work cargo.toml pom.xml gradle.properties
        gradle-wrapper.properties libs.versions.toml build.sbt plugins.sbt build.properties mix.exs
        composer.json *.csproj *.fsproj *.vbproj *.sln *.slnx *.props *.targets nuget.config global.json
        pubspec.yaml podfile package.swift environment.y*ml deno.json deno.jsonc jsr.json bower.json lerna.json
        pnpm-workspace.yaml project.clj deps.edn shard.yml rebar.config cpanfile packages.config conanfile.txt
        vcpkg.json rush.json workspace.json
    """,
    "tool settings": """
        tsconfig*.json jsconfig*.json .eslintrc* .prettierrc* .stylelintrc* .babelrc* babel.config.json .swcrc
        .editorconfig *.dockerignore .dockerignore openapitools.json .npmrc .nvmrc .node-version .python-version
        .ruby-version .tool-versions .pre-commit-config.yaml ruff.toml .ruff.toml mypy.ini tox.ini pytest.ini
        .flake8 .pylintrc pylintrc .coveragerc .rubocop*.yml .golangci.y*ml phpunit.xml* phpstan*.neon*
        psalm.xml checkstyle*.xml pmd*.xml spotbugs*.xml codecov.yml .codecov.yml sonar-project.properties
        renovate.json* turbo.json nx.json project.json biome.json .vscode/** .idea/** .devcontainer/** .husky/**
        .changeset/** mkdocs.yml .readthedocs.y*ml angular.json components.json manifest.json *.webmanifest
        lefthook.yml lint-staged* commitlint* cspell*.json jest.config.json .mocharc* .nycrc* nodemon.json
        typedoc.json api-extractor.json capacitor.config.json detekt*.yml .swiftlint.yml rustfmt.toml
        .rustfmt.toml clippy.toml deny.toml taplo.toml justfile *.code-workspace .env.vault launchsettings.json
        .browserslistrc browserslist .watchmanconfig .yarnrc*
    """,
    "repository settings": """
        .gitignore .gitattributes .gitmodules .gitkeep .keep .mailmap .github/** codeowners
        .git-blame-ignore-revs .claude/** .cursor/** .cursorrules .mcp.json .hgignore .svnignore
    """,
    "build script": """
        *.gradle *.gradle.kts *.sbt makefile gnumakefile *.mk justfile cmakelists.txt *.cmake build.xml
        taskfile.y*ml *.bat *.cmd *.bzl *.bazel workspace
    """,
}
