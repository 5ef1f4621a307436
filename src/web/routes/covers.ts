import { Router } from 'express';
export const coverRoutes = (): Router => Router();
