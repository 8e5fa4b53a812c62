using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Transactions;
using Npgsql;

namespace Etl.Loader.Queue.Storage;

/// <summary>
/// Takes the statements of one of Hangfire's write transactions instead of sending each on its own, so that they can go to the server together. It
/// answers none: such a transaction reads nothing.
/// </summary>
internal sealed class RecordingConnection : DbConnection
{
    private List<NpgsqlBatchCommand> _statements = [];

    [AllowNull]
    public override string ConnectionString { get; set; } = "";

    public override string Database => "";

    public override string DataSource => "";

    public override string ServerVersion => "";

    public override ConnectionState State => ConnectionState.Open;

    /// <summary>What was recorded since the last call.</summary>
    public IReadOnlyList<NpgsqlBatchCommand> Take()
    {
        var taken = _statements;
        _statements = [];
        return taken;
    }

    /// <summary>The batch is a transaction on its own.</summary>
    public override void EnlistTransaction(Transaction? transaction)
    {
    }

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    public override void Open()
    {
    }

    public override void Close()
    {
    }

    protected override DbTransaction BeginDbTransaction(System.Data.IsolationLevel isolationLevel) => throw new NotSupportedException();

    protected override DbCommand CreateDbCommand() => new RecordingCommand(this);

    private sealed class RecordingCommand(RecordingConnection owner) : DbCommand
    {
        private readonly NpgsqlCommand _command = new();

        [AllowNull]
        public override string CommandText
        {
            get => _command.CommandText;
            set => _command.CommandText = value;
        }

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; } = owner;

        protected override DbParameterCollection DbParameterCollection => _command.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override void Prepare()
        {
        }

        /// <summary>Records the statement. The number of rows is not known yet; Hangfire does not ask for it.</summary>
        public override int ExecuteNonQuery()
        {
            // A batch takes single statements, without the semicolon that Hangfire ends each with.
            var statement = new NpgsqlBatchCommand(CommandText.Trim().TrimEnd(';'));
            foreach (NpgsqlParameter parameter in _command.Parameters)
            {
                statement.Parameters.Add(parameter.Clone());
            }

            owner._statements.Add(statement);
            return 0;
        }

        public override object ExecuteScalar() => throw new NotSupportedException();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();

        protected override DbParameter CreateDbParameter() => new NpgsqlParameter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _command.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
