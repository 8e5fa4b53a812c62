using System.Text;

namespace Etl.Loader.Inboxes.Triggers;

/// <summary>Settles target, schema and table of a dataset within what its inbox allows.</summary>
internal static class TableChoice
{
    public static string Target(Inbox inbox, string? named)
    {
        if (named is null)
        {
            return inbox.Targets[0];
        }

        return inbox.Targets.Contains(named, StringComparer.Ordinal) ? named : throw new LoaderException(
            $"The target {Shown.Name(named)} is not open to inbox {inbox.Name}; it may name: {Nearest.Among(named, inbox.Targets)}.",
            $"Name one of these, or add the target to Loader:Inboxes:{inbox.Name}:Targets.");
    }

    /// <summary>Schema (null: the target's default) and name, normalised.</summary>
    public static (string? Schema, string Name) Table(Inbox inbox, string target, string? named, string dataset)
    {
        if (named is null)
        {
            var fileName = dataset[(dataset.LastIndexOf('/') + 1)..];
            return (null, Checked(Naming.TableThatFits(fileName), $"The file name {Shown.Name(fileName)}"));
        }

        if (named.Length > ColumnLimits.MaxName)
        {
            throw new LoaderException(
                $"The table {Shown.Name(named)} has {Amounts.Counted(named.Length, "character")}; at most {ColumnLimits.MaxName} are allowed.", "Name a shorter table in the trigger: { \"table\": \"…\" }.");
        }

        var parts = named.Split('.');
        if (parts.Length > 2)
        {
            throw new LoaderException($"The table {Shown.Name(named)} has {Amounts.Counted(parts.Length, "part")}; expected \"table\" or \"schema.table\".", "Name the table in one of these forms.");
        }

        var name = Checked(Naming.Normalise(parts[^1]), $"The table {Shown.Name(named)}");
        return (parts.Length == 2 ? Schema(inbox, target, Naming.Normalise(parts[0]), named) : null, name);
    }

    /// <summary>Ours, Hangfire's and the database's own schemas: no configuration opens them.</summary>
    public static bool IsReserved(string schema) =>
        schema.StartsWith("etl_loader", StringComparison.Ordinal) || schema.StartsWith("pg_", StringComparison.Ordinal)
        || schema is "hangfire" or "information_schema";

    /// <summary>A name that always fits, for the record of a trigger that was refused.</summary>
    public static string ForRecord(string dataset) =>
        Naming.Shorten(Naming.TableFromFile(dataset[(dataset.LastIndexOf('/') + 1)..]), Naming.MaxBytes);

    private static string Schema(Inbox inbox, string target, string schema, string named)
    {
        if (IsReserved(schema))
        {
            throw new LoaderException(
                $"The schema of {Shown.Name(named)} is reserved: no load reaches etl_loader*, hangfire, pg_* or information_schema.", "Name another schema.");
        }

        var allowed = inbox.Schemas[target];
        return allowed.Contains(schema, StringComparer.Ordinal) ? schema : throw new LoaderException(
            $"The schema of {Shown.Name(named)} is not open to inbox {inbox.Name}; it may name: {Nearest.Among(schema, allowed)}.",
            $"Name one of these, or add the schema to Loader:Inboxes:{inbox.Name}:Schemas.");
    }

    private static string Checked(string name, string source)
    {
        if (name.Length == 0)
        {
            throw new LoaderException($"{source} has no letter or digit that could name a table.", "Name the table in the trigger: { \"table\": \"…\" }.");
        }

        var bytes = Encoding.UTF8.GetByteCount(name);
        return bytes <= Naming.MaxBytes ? name : throw new LoaderException(
            $"{source} makes a table name of {Amounts.Counted(bytes, "byte")}; at most {Naming.MaxBytes} are allowed.",
            "Name a shorter table in the trigger: { \"table\": \"…\" }.");
    }
}
