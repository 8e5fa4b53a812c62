using Etl.Loader.Ledger;
using Etl.Loader.Loads;
using Etl.Loader.Survey;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets;

public abstract partial class LoadTargetConformance
{
    /// <summary>One table night after night: what a night proves, its value as readers give it for the type that comes of it, and that type.</summary>
    [Fact]
    public async Task Types_of_a_table_only_widen_from_load_to_load()
    {
        await using var target = await CreateTargetAsync();
        var epoch = await TakeAsync(target);
        await ReloadAsync(target, epoch, "empty_first", [(new(TypeKind.Empty), null, TypeKind.Text), (new(TypeKind.BigInt), "7", TypeKind.Text)]);
        await ReloadAsync(
            target,
            epoch,
            "numbers",
            [
                (new(TypeKind.BigInt), "9223372036854775807", TypeKind.BigInt),
                (new(TypeKind.Empty), null, TypeKind.BigInt),
                (new(TypeKind.Numeric, 5, 2), "123.45", TypeKind.Numeric),
                (new(TypeKind.BigInt), "-9223372036854775808", TypeKind.Numeric),
                (new(TypeKind.Numeric, 12, 10), "12.0123456789", TypeKind.Numeric),
                (new(TypeKind.Numeric, 5, 2), "123.45", TypeKind.Numeric),
                (new(TypeKind.Text), "N/A", TypeKind.Text),
                (new(TypeKind.BigInt), "1", TypeKind.Text),
            ]);
        await ReloadAsync(
            target,
            epoch,
            "moments",
            [
                (new(TypeKind.Date), "2026-01-31", TypeKind.Date),
                (new(TypeKind.Timestamp), "2026-01-31 12:30:00", TypeKind.Timestamp),
                (new(TypeKind.Date), "2026-02-28 00:00:00", TypeKind.Timestamp),
                (new(TypeKind.Empty), null, TypeKind.Timestamp),
                (new(TypeKind.Boolean), "true", TypeKind.Text),
            ]);
    }

    private async Task ReloadAsync(ILoadTarget target, long epoch, string table, (ColumnType Proven, string? Value, TypeKind After)[] nights)
    {
        var name = new TableName(target.DefaultSchema, table);
        var spec = new LoadSpec { Inbox = "inbox", Dataset = "data.csv", Target = target.Name, TableName = table, Files = [] };
        foreach (var (proven, value, after) in nights)
        {
            var night = new MemoryDataset([new TargetColumn(0, "v", "v", proven)], [[value]]);
            var columns = ColumnPlan.Make(spec, night.Survey(), await target.FindTableAsync(name, Token), target);
            await LoadAsync(target, epoch, table, new MemoryDataset(columns, [[value]]));

            var column = Assert.Single((await target.FindTableAsync(name, Token))!.Columns);
            Assert.Equal((table, value, after), (table, value, column.Type!.Value.Kind));
            var read = await ScalarAsync($"SELECT CAST(v AS VARCHAR) FROM {Table(target, table)}");
            Assert.Equal(value, Shortest(read, value));
        }
    }

    /// <summary>Without what a wider type adds in writing: zeros after the point, midnight.</summary>
    private static string? Shortest(string? read, string? value) =>
        read is null || value is null || !read.StartsWith(value, StringComparison.Ordinal) ? read
        : read[value.Length..].All(c => c is '.' or '0' or ' ' or ':') ? value : read;
}
