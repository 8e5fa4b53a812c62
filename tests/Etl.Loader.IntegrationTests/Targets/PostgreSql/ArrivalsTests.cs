using Etl.Loader.IntegrationTests.Loads;
using Etl.Loader.IntegrationTests.Support;
using Etl.Loader.Targets;

namespace Etl.Loader.IntegrationTests.Targets.PostgreSql;

/// <summary>What a receipt counts is in the table, with the values that were delivered; or nothing is, and anyone who is in the way is named.</summary>
public sealed class ArrivalsTests(PostgresServer server)
{
    private const string Before = "CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body} END$$; CREATE TRIGGER guard {when} ON orders FOR EACH {each} EXECUTE FUNCTION watch()";

    [Theory]
    [InlineData("CREATE RULE away AS ON INSERT TO orders DO INSTEAD NOTHING", "away")]
    [InlineData("CREATE TABLE other (LIKE orders); CREATE RULE aside AS ON INSERT TO orders DO INSTEAD INSERT INTO other VALUES (NEW.*)", "aside")]
    [InlineData("CREATE TABLE other (LIKE orders); CREATE RULE twice AS ON INSERT TO orders DO ALSO INSERT INTO other VALUES (NEW.*)", "twice")]
    [InlineData("BEFORE INSERT|ROW|RETURN NULL;", "guard")]
    [InlineData("BEFORE INSERT|ROW|IF NEW.id = 2 THEN RETURN NULL; END IF; RETURN NEW;", "guard")]
    [InlineData("BEFORE INSERT|ROW|NEW.note := upper(NEW.note); RETURN NEW;", "guard")]
    [InlineData("BEFORE INSERT OR UPDATE|ROW|NEW.id := NEW.id + 1; RETURN NEW;", "guard")]
    [InlineData("AFTER INSERT|ROW|DELETE FROM public.orders WHERE id = NEW.id; RETURN NULL;", "guard")]
    [InlineData("AFTER INSERT|STATEMENT|UPDATE public.orders SET note = 'z' WHERE id = 3; RETURN NULL;", "guard")]
    [InlineData("AFTER INSERT|ROW|DELETE FROM orders WHERE id = NEW.id; RETURN NULL;", "guard")]
    [InlineData("BEFORE INSERT|ROW|RAISE EXCEPTION 'no %', NEW.id;", "guard")]
    public async Task Rows_that_do_not_arrive_are_refused_by_name(string doing, string named)
    {
        await using var into = await Make(doing);
        var fault = await Assert.ThrowsAsync<DatasetException>(() => into.Loads.LoadAsync("orders.csv", "id,note\n2,b\n3,c\n", """{ "mode": "append" }"""));
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.NotNull(fault.Hint);
        Assert.Equal([["1", "a"]], await into.QueryAsync("SELECT id, note FROM orders"));
    }

    [Theory]
    [InlineData("BEFORE INSERT|ROW|NEW.seen := 'now'; RETURN NEW;")]
    [InlineData("AFTER INSERT|ROW|PERFORM 1; RETURN NULL;")]
    [InlineData("BEFORE UPDATE|ROW|RETURN NULL;")]
    [InlineData("CREATE RULE kept AS ON DELETE TO orders DO INSTEAD NOTHING")]
    public async Task Who_only_adds_to_the_rows_is_left_alone(string doing)
    {
        await using var into = await Make(doing);
        Assert.Equal(2, (await into.Loads.LoadAsync("orders.csv", "id,note\n2,b\n3,c\n", """{ "mode": "append" }""")).RowsLoaded);
        Assert.Equal([["1", "a"], ["2", "b"], ["3", "c"]], await into.QueryAsync("SELECT id, note FROM orders ORDER BY id"));
    }

    private async Task<LoadsIntoTarget> Make(string doing)
    {
        var into = await LoadsIntoTarget.CreateAsync(nameof(TargetKind.PostgreSql), server);
        await into.Loads.LoadAsync("orders.csv", "id,note\n1,a\n");
        await into.QueryAsync("ALTER TABLE orders ADD COLUMN seen text");
        await into.QueryAsync(doing.Split('|') is [var when, var each, var body]
            ? Before.Replace("{body}", body, StringComparison.Ordinal).Replace("{when}", when, StringComparison.Ordinal).Replace("{each}", each, StringComparison.Ordinal)
            : doing);
        return into;
    }
}
