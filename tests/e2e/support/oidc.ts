// SPDX-License-Identifier: Apache-2.0
/** A clinic whose staff sign in with a real OpenID provider, both of them started for one test file. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { freePort, Program, until } from "./process";
import { binary } from "./service";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const scopes = ["session:create", "session:read", "session:admit", "session:end", "session:cancel", "consent:write"];

export interface ClinicOptions {
  /** Everybody, with the claims of their access tokens. */
  readonly people: Readonly<Record<string, object>>;
  readonly tokenSeconds: number;
}

export class OidcClinic {
  private constructor(
    readonly baseUrl: string,
    readonly issuer: string,
    private readonly data: string,
    private readonly service: Program,
    private provider: Program,
    private readonly startProvider: () => Promise<Program>,
  ) {}

  static async start({ people, tokenSeconds }: ClinicOptions): Promise<OidcClinic> {
    await Program.start("node", [join(root, "tools/npm/install.mjs"), join(root, "tests/oidc")]).result();
    const [port, adminPort, issuerPort] = [await freePort(), await freePort(), await freePort()];
    const baseUrl = `http://127.0.0.1:${port}`;
    const issuer = `http://127.0.0.1:${issuerPort}/realms/clinic`;
    const startProvider = async (): Promise<Program> => {
      const started = Program.start("node", [
        join(root, "tests/oidc/server.mjs"), String(issuerPort), "--path", "/realms/clinic", "--pages", baseUrl,
        "--people", JSON.stringify(people), "--token-seconds", String(tokenSeconds),
      ]);
      await until("the OpenID provider", () => Promise.resolve(started.output.includes("ready")));
      return started;
    };
    const provider = await startProvider();
    const data = mkdtempSync(join(tmpdir(), "vcare-e2e-oidc-"));
    const config = join(data, "vcare.toml");
    writeFileSync(config, `server.listen = "127.0.0.1:${port}"
server.admin_listen = "127.0.0.1:${adminPort}"
server.public_url = "${baseUrl}"
[identity]
issuer = "${issuer}"
keys_floor_seconds = 1
web_client_id = "vcare-pages"
web_scope = "openid ${scopes.map((scope) => `virtual_care:${scope}`).join(" ")}"
`);
    const service = Program.start(binary(), ["serve", "--config", config]);
    await until("the service", async () => (await fetch(`http://127.0.0.1:${adminPort}/health/ready`)).ok);
    return new OidcClinic(baseUrl, issuer, data, service, provider, startProvider);
  }

  stopProvider = (): Promise<void> => this.provider.stop();
  /** On the same address; it has forgotten everybody's sessions. */
  async startProviderAgain(): Promise<void> {
    this.provider = await this.startProvider();
  }

  /** An access token for what a test does beside the page. */
  async tokenOf(name: string): Promise<string> {
    const form = { grant_type: "client_credentials", client_id: name, client_secret: "secret", scope: scopes.map((scope) => `virtual_care:${scope}`).join(" ") };
    const answer = await fetch(`${this.issuer}/token`, { method: "POST", body: new URLSearchParams(form) });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.provider.stop();
    rmSync(this.data, { recursive: true, force: true });
  }
}

/** At the provider's own page. */
export async function signInAs(page: Page, name: string): Promise<void> {
  await page.locator('input[name="login"]').fill(name);
  await page.getByRole("button", { name: "Sign in" }).click();
}
