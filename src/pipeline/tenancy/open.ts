import type { DeskConfig } from "../../config/desk.ts";
import { fileRegistrations } from "../../stores/registrations/file.ts";
import type { Registrations } from "../../stores/registrations/registrations.ts";
import { fileVault } from "../../stores/vault/file.ts";
import type { Vault } from "../../stores/vault/vault.ts";
import { digester } from "../../trail/external-id.ts";
import type { Desk } from "./desk.ts";

/**
 * Opens the desk that a configuration describes. AWS's clients take long to load, and are loaded only for what is kept
 * there; region and credentials are the SDK's own to find.
 */
export async function openDesk(
  config: DeskConfig,
  { report, now }: Pick<Desk, "report" | "now">,
): Promise<Desk & { readonly close: () => Promise<void> }> {
  const registrations = await openRegistrations(config);
  const vault = await openVault(config);
  return {
    registrations,
    vault,
    digester: digester(config.key),
    rolePrefix: config.rolePrefix,
    partition: config.partition,
    closeFeed: async (topicArn) => (await import("../../channels/topic.ts")).deleteTopic(topicArn),
    report,
    now,
    close: async () => {
      await vault.close();
      await registrations.close();
    },
  };
}

async function openRegistrations({ registry }: DeskConfig): Promise<Registrations> {
  if ("file" in registry) return fileRegistrations(registry.file);
  return (await import("../../stores/registrations/dynamodb.ts")).openDynamoRegistrations(registry.table);
}

async function openVault({ vault, vaultKey }: DeskConfig): Promise<Vault> {
  if ("file" in vault) return fileVault(vault.file, vaultKey ?? new Uint8Array());
  return (await import("../../stores/vault/secrets-manager.ts")).openSecretsManagerVault(vault.prefix);
}
