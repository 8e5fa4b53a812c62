using Hangfire.Dashboard;

namespace Etl.Loader.Dashboard.Access;

/// <summary>Hangfire's own door, for the case that someone takes away ours: <see cref="AccessRule"/> has decided already.</summary>
internal sealed class DashboardAuthorization : IDashboardAuthorizationFilter
{
    public bool Authorize(DashboardContext context) => context.GetHttpContext().User.MayRead();

    /// <summary>A viewer sees no buttons, and what they would have posted is refused by Hangfire as well.</summary>
    public static bool IsReadOnly(DashboardContext context) => !context.GetHttpContext().User.MayAct();
}
