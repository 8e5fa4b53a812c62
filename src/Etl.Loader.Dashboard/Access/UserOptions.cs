namespace Etl.Loader.Dashboard.Access;

/// <summary>A person under <c>Loader:Http:Users</c>.</summary>
internal sealed class UserOptions
{
    /// <summary>What <c>etl-loader hash-password</c> printed.</summary>
    public string PasswordHash { get; set; } = "";

    /// <summary>Default viewer.</summary>
    public Role Role { get; set; } = Role.Viewer;
}
